from django.urls import path

from dashboard.views import charts, home, report_files, reports, search, system

app_name = "dashboard"
urlpatterns = [
    path("", home.index, name="index"),
    path("dashboard/", home.home, name="home"),
    path("dashboard/jobs/retry/", system.jobs_retry, name="jobs_retry"),
    path("reports/", reports.index, name="reports"),
    path("reports/files/<slug:token>/", report_files.report_file, name="report_file"),
    path("reports/<slug:slug>/pdf/", report_files.report_pdf, name="report_pdf"),
    path("reports/charts/<slug:slug>/", charts.chart, name="chart"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("search/", search.search, name="search"),
]
