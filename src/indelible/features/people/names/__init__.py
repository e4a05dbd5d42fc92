"""Names: the people whom sources speak of, and which login is whose from one day to another."""
