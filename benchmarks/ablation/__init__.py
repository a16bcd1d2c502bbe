"""What an ablation compares: models of one config that differ in one choice."""
