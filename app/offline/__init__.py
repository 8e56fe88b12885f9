"""The report that is written without a network: the page that a phone keeps, and where it hands over what it sealed."""
