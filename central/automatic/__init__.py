"""Automatic creation (regime OPT_OUT): who was informed by letter, who opposes, and whose six weeks are over."""
