"""Commands about the judges: evaluating lines and sets, building the models, adding larger ones."""
