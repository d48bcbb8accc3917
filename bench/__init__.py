"""What is measured against what, side by side in one run: ratios travel between machines, milliseconds do not."""
