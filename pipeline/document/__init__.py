"""What a report says and the forms it takes: one model, below the stages that fill it."""
