"""Everything that people read, apart from the code."""
