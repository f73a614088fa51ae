# The review page: built by Vite when LARUM_PAGE is on, then embedded.
function(larum_page)
endfunction()
