"""What the tests share: homes, files and documents written by hand, and ways to look at them."""
