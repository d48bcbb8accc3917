"""What ``python -m central`` can do, one module for each kind of work; all take the desk they work at as argument."""
