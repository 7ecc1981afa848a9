"""What a branch has made its own of the screen: texts, colours, a logo. Read and proven before anything runs."""
