"""How good the recommender is on real histories, no conversation and no model in the loop."""
