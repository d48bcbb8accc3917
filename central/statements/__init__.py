"""What a closed month owes each office: stated once, then paid, returned, contested or settled."""
