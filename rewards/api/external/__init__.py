"""What other systems may ask and tell, one module per noun: its documents stand above its routes."""
