from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exam", "0009_stamp"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="claim_token",
            field=models.CharField(blank=True, db_default="", default="", max_length=48),
        ),
    ]
