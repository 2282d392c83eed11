"""The pages of campaigns for those who run them, coaches and admins alike: a coach their own, an admin everybody's."""
