"""The videos: what one must measure, how it is drawn, how it is served."""
