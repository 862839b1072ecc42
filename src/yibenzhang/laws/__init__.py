"""The few laws of the cube: what ought to hold between numbers, found in the coordinates and the layout of a
document."""
