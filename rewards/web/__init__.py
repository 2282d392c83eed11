"""The door for people: pages that work with and without JavaScript. It reads, calls one verb and shows the answer; it decides nothing."""
