"""What a service says of a job, by the kind of its protocol."""
