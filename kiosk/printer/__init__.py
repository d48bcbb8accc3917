"""From slip to paper: lays a slip out as ESC/POS, sends it, and believes only what the printer itself answers."""
