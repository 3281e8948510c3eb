"""The addresses of the product."""

from django.urls import include, path

urlpatterns = [
    path("", include("resonanz.web.urls")),
]
