"""The roll-out by département: who began when, and which local targets were published; dated data with sources."""
