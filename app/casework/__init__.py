"""Cases as people work on them: the inbox, decisions, questions, referrals; and what workers conclude."""
