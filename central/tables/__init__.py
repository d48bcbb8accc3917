"""Tables of counts as they leave the house, to a program or into a file: by what, over which period, what is hidden."""
