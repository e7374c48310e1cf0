"""Misbehaviour on demand: by rule, or by a recipient whose number means trouble."""
