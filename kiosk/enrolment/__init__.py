"""What an enrolment is: persons, steps, rules, session and the ports to card, paper and disk."""
