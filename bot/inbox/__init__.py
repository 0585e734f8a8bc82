"""The inbox: each update is kept until it is answered, so that no question is lost to a fault."""
