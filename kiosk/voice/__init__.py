"""The spoken mode: text to sound, for a headset plugged into the terminal."""
