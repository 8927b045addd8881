"""By what a deleted account is known again in an older backup."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty for those who were deleted before."""

    dependencies = [("accounts", "0009_sign_in")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="erased_mark",
            field=models.CharField(blank=True, db_default="", default="", max_length=128),
        ),
    ]
