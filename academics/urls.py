from django.urls import URLPattern

from academics.urls_imports import urlpatterns as imports

app_name = "academics"
urlpatterns: list[URLPattern] = [*imports]
