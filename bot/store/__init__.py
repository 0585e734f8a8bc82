"""What outlives the process: the tables of one database, and a repository for each group of them."""
