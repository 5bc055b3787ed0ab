"""Tables: a file comes in, columns of text or of types go out by name (`table`); numbers, times and roles of columns are found in them."""
