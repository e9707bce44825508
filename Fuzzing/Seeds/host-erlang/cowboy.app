{application, 'cowboy', [{description, "a \"b\""}, % c
{vsn, "2.10.0"}]}.
