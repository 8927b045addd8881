"""What the codes of a bank stand for."""

from dataclasses import dataclass

from questions.models import Bank, Domain


@dataclass(frozen=True, slots=True)
class Names:
    """Names of domains by number, of sub-domains and areas by code."""

    domains: dict[int, str]
    subdomains: dict[str, str]
    areas: dict[str, str]
    domain_of: dict[str, int]  # a sub-domain's code to its domain's number

    def part(self, code: str) -> str:
        """The name of a domain ("3") or a sub-domain ("3.5"); empty if there is none."""
        by_number = {str(number): name for number, name in self.domains.items()}
        return self.subdomains.get(code) or by_number.get(code, "")


def names_of(bank_id: int) -> Names:
    """All names of a bank (three statements)."""
    domains = list(Domain.objects.filter(bank_id=bank_id).prefetch_related("subdomains"))
    parts = [(domain, part) for domain in domains for part in domain.subdomains.all()]
    areas = Bank.objects.values_list("areas", flat=True).get(pk=bank_id)
    return Names(
        domains={domain.number: domain.name for domain in domains},
        subdomains={part.code: part.name for _domain, part in parts},
        areas={area["code"]: area["name"] for area in areas},
        domain_of={part.code: domain.number for domain, part in parts},
    )
