"""All pages with which an installation is run: services, staff, the audit; programmes, and the figures."""

from __future__ import annotations

from server.pages import (
    audit_page,
    figures,
    programmes,
    programmes_form,
    programmes_plan,
    service_admin,
    service_admin_sites,
    staff_admin,
    staff_admin_one,
)

routes = [
    *service_admin.routes,
    *service_admin_sites.routes,
    *staff_admin.routes,
    *staff_admin_one.routes,
    *programmes_form.routes,
    *programmes_plan.routes,
    *programmes.routes,
    *audit_page.routes,
    *figures.routes,
]
