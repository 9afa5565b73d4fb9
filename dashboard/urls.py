from django.urls import path

from dashboard.views import home, search, system

app_name = "dashboard"
urlpatterns = [
    path("", home.index, name="index"),
    path("dashboard/", home.home, name="home"),
    path("dashboard/jobs/retry/", system.jobs_retry, name="jobs_retry"),
    path("search/", search.search, name="search"),
]
