"""An allocation round: chosen, published, answered, gathered, solved, published, taken up."""
