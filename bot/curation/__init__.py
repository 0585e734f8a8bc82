"""What admins do: from a miss to an answer that is proven, and what they are told."""
