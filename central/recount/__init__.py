"""The counters proved by the facts, at any size: in pieces, with little memory, while central goes on. Reads only."""
