"""How updates come in and replies go out, so that no question is lost to a fault."""
