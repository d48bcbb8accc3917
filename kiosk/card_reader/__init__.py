"""From chip to persons: the Vitale card over PC/SC, and a virtual card for the demo, the tests and the benches."""
