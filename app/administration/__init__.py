"""The installation seen by its administrator: partners, people, rules, health."""
