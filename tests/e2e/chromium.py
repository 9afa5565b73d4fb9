"""How the tests start Chromium: without what only a person before a screen has of it."""

# What Playwright turns off by itself: of a switch that is given twice, only the last counts.
OF_PLAYWRIGHT = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
# For each window, two pages of its own that stand under the address line, and a process for a
# page to come: more than half of what a test of one page costs.
UNSEEN = (
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
# No page of a test lives long enough to earn back what its scripts' optimisation costs.
SHORT_LIFE = ("--no-opt", "--no-maglev", "--single-threaded-gc", "--min-semi-space-size=16")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(OF_PLAYWRIGHT + UNSEEN)}",
    f"--js-flags={','.join(SHORT_LIFE)}",
]
