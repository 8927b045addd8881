"""How questions do, and what candidates remark on them."""
