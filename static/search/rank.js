// rank
