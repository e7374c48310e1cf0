"""The second look: what can be found out about a configuration by trying it, and what to do about what is wrong.

Nothing is changed anywhere: the API is read, the store is looked at, hosts are dialled.
"""

from gateway.doctor.examination import examine
from gateway.doctor.finding import Finding, Grade

__all__ = ["Finding", "Grade", "examine"]
