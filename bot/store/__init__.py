"""What outlives the process. ``interface`` says what is kept; only ``app`` names an implementation."""
