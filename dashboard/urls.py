from django.urls import path

from dashboard.views import charts, home, reports, search, system

app_name = "dashboard"
urlpatterns = [
    path("", home.index, name="index"),
    path("dashboard/", home.home, name="home"),
    path("dashboard/jobs/retry/", system.jobs_retry, name="jobs_retry"),
    path("reports/", reports.index, name="reports"),
    path("reports/charts/<slug:slug>/", charts.chart, name="chart"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("search/", search.search, name="search"),
]
