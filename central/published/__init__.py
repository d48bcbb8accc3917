"""Indicator 2.8.4 from published series: figures of the press and the insurer, each with its source."""
