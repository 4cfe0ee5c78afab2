"""The topics under which services, activities and guides are filed: a small taxonomy, with its counterparts.

The topics are the intents of docs/intents.md that a directory can answer. `open_eligibility`: code and name of the
nearest term of the Open Eligibility taxonomy (Aunt Bertha, CC BY-SA 3.0), as codeforamerica/ohana-api numbers it in
data/sample-csv/taxonomy.csv; None: it has none.
"""

from __future__ import annotations

from dataclasses import dataclass

TAXONOMY = "Sportello"
OPEN_ELIGIBILITY = "Open Eligibility"
OPEN_ELIGIBILITY_URI = "https://github.com/auntbertha/openeligibility"


@dataclass(frozen=True)
class Term:
    """A topic: its name in English, what it covers, the group it belongs to, its counterpart."""

    name: str
    covers: str
    group: str | None
    open_eligibility: tuple[str, str] | None = None


GROUPS = {
    "office": Term("One-stop shop", "The offices themselves", None, ("108-05", "Navigating the System")),
    "italian": Term("Italian", "Learning Italian", None, ("109-03", "More Education")),
    "housing": Term("Housing", "A place to sleep and to live", None, ("103", "Housing")),
    "work": Term("Work", "Work and workers' rights", None, ("110", "Work")),
    "papers": Term("Rights and papers", "Permits, asylum, residence, citizenship", None, ("111", "Legal")),
    "care": Term("Health and care", "Health, safety, family, everyday needs", None, ("108", "Care")),
    "appointments": Term("Appointments", "Booking a time", None),
}

IMMIGRATION = ("111-01-02", "Citizenship & Immigration")
WORKPLACE_RIGHTS = ("110-05", "Workplace Rights")

TERMS = {
    "office_hours": Term("Opening hours", "When an office is open", "office"),
    "office_location": Term("Address", "Where an office is", "office"),
    "office_contact": Term("Telephone and e-mail", "How to reach an office", "office"),
    "office_documents": Term(
        "Papers to bring", "What to bring to an office", "office", ("108-05-01", "Help Fill out Forms")
    ),
    "office_services": Term(
        "What the office does", "Orientation and intake with a tutor", "office", ("108-05", "Navigating the System")
    ),
    "mobile_unit": Term("Mobile unit", "Where and when it stops", "office", ("108-07", "Support Network")),
    "italian_course_find": Term("Italian courses", "Courses of Italian", "italian", ("109-03-05", "Foreign Languages")),
    "italian_course_enrol": Term(
        "Signing up for a course", "How to join a course", "italian", ("109-03-05", "Foreign Languages")
    ),
    "italian_certificate": Term(
        "Certificates of Italian", "A2 and B1", "italian", ("109-05-01", "Citizenship & Immigration")
    ),
    "housing_emergency": Term(
        "A place for tonight", "Shelter and dormitories", "housing", ("103-01", "Emergency Shelter")
    ),
    "housing_find": Term(
        "Finding a home", "Rooms, co-housing, public housing, reception", "housing", ("103-02", "Help Find Housing")
    ),
    "housing_rent_support": Term(
        "Help with the rent", "Rent, deposit, bills", "housing", ("103-03", "Help Pay for Housing")
    ),
    "housing_lease_rights": Term(
        "Contract and landlord", "Lease, eviction, hospitality", "housing", ("103-04", "Housing Advice")
    ),
    "work_contract": Term("Contract and payslip", "What a contract must say", "work", WORKPLACE_RIGHTS),
    "work_unpaid_wages": Term("Unpaid wages", "Getting one's pay", "work", WORKPLACE_RIGHTS),
    "work_undeclared": Term("Work without a contract", "Undeclared work", "work", WORKPLACE_RIGHTS),
    "work_exploitation": Term("Exploitation", "Gangmasters, forced work", "work", ("101-06", "Immediate Safety")),
    "work_accident": Term("Accidents and safety", "Getting hurt at work", "work", WORKPLACE_RIGHTS),
    "work_hours_leave": Term("Hours and leave", "Overtime, rest, sickness", "work", WORKPLACE_RIGHTS),
    "work_dismissal": Term(
        "Losing a job", "Dismissal and unemployment benefit", "work", ("110-02-04", "Unemployment Benefits")
    ),
    "work_find": Term("Finding work", "Job centres, training", "work", ("110-01", "Help Find Work")),
    "work_rights_course": Term("Courses on workers' rights", "Lessons about rights at work", "work", WORKPLACE_RIGHTS),
    "civic_engagement": Term(
        "Civic projects", "Volunteering, care of the city", "work", ("110-03", "Skills & Training")
    ),
    "permit": Term("Residence permit", "Issue, renewal, conversion", "papers", IMMIGRATION),
    "asylum": Term("Asylum", "International protection", "papers", IMMIGRATION),
    "family": Term("Family reunification", "Bringing the family", "papers", IMMIGRATION),
    "citizenship": Term("Citizenship", "Becoming Italian", "papers", IMMIGRATION),
    "registration_tax_id": Term(
        "Residence and tax code", "Anagrafe, identity card, SPID", "papers", ("111-01-05", "Identification Recovery")
    ),
    "legal_help": Term("Legal help", "Lawyers and legal aid", "papers", ("111-01", "Advocacy & Legal Aid")),
    "prison_support": Term(
        "Leaving prison", "Help during and after a sentence", "papers", ("108-07", "Support Network")
    ),
    "health": Term("Health", "Doctors, health card, medicine", "care", ("106-06", "Medical Care")),
    "mental_health": Term("Mental health", "Psychologists, listening", "care", ("106-06-07-01", "Counseling")),
    "violence_trafficking": Term(
        "Violence and trafficking", "Safe help", "care", ("101-06-01", "Help Escape Violence")
    ),
    "emergency": Term("Emergency", "Ambulance, police, fire", "care", ("101", "Emergency")),
    "women_families": Term(
        "Women and families", "Spaces for women and children", "care", ("108-07-09", "Support Groups")
    ),
    "school": Term("School", "Enrolling and helping children", "care", ("109-01", "Help Find School")),
    "minors": Term("Minors alone", "Unaccompanied minors", "care", ("111-01-04", "Guardianship")),
    "basic_needs": Term("Basic needs", "Food, clothes, showers, storage", "care", ("104", "Goods")),
    "workshops": Term("Workshops", "Sewing, computer, theatre, sport", "care", ("108-03-06", "Recreation")),
    "money_benefits": Term(
        "Benefits and money", "Allowances, ISEE, accounts", "care", ("107-03", "Government Benefits")
    ),
    "book_appointment": Term("Booking", "Making an appointment", "appointments"),
}
"""By topic."""
