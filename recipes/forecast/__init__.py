"""What is made of forecasts: errors by step ahead and by time, their tables and pictures, and forecasts of raw files."""
