"""The 2,048 words that seals are read out in, fixed for ever.

Changing one word would make every seal ever written into minutes unreadable, so the list is pinned by its
SHA-256 (`vectors/seal_words.json`, `docs/formats/seal-words.md`) and only ever read, never edited.

Plain English words of 3 to 9 letters a to z, sorted. The first four letters tell each from all others, and
no two differ by one letter put in, left out or changed, nor by two neighbours swapped, so a slip of the pen
gives no other word of the list. None of them stands in the English list of BIP-39: a seal read aloud cannot
be taken for the phrase of a wallet, and no wallet takes it.
"""

from __future__ import annotations

WORD_LIST = """
abacus abbey aboard abridge abroad abundant acacia academy accent accordion accurate acorn acre
acrobat acrylic active addition adhesive adjacent admire adobe adopt advent advise aerial afar
affable afternoon agenda agile aglow airline airship alabaster albacore alcove alder alfalfa algebra
alike alloy allspice almanac almond aloft alongside alpaca alphabet alpine altar altitude amaze
amber ambition amethyst amicable amphibian ample amulet amuse anagram ancestor anchovy anemone
angelica annually anorak anteater anthem antler anvil anyone anytime aperture apex aphid apiary
aplomb apparel appetite applaud approach apricot apron aquatic aqueduct arcade archer ardent armband
aroma arrival artichoke ascend ashore ashtray aside asking asparagus aspen asphalt aspire assembly
assign asterisk astronaut astute athletic atlas atop atrium attach attire aubergine auburn audio
aurora autograph avenue aviator avid awaken awning axiom azalea azure baboon backhand badger
badminton bagel baggage bagpipe bakery bale ballet balmy bandana banister banjo banker banquet
bantam barber barefoot barge baritone bark barley barnacle baroque barrier basalt basement basil
bassoon batch bather baton battery bauble bazaar beacon beagle beaker beam beanstalk bearing bedrock
bedtime beehive beeswax beetle befriend beginner beige belfry bellboy belong bemused beneath beret
berry berth beside beverage bilberry billboard binder biography biplane birch birdbath birthday
biscuit bison bistro blackout blazer bleach blend blimp blink blizzard block bloom blotter bluebell
blunt boarding boastful boating bobbin bobcat bodywork boiler boldly bolster bonfire bonnet bonsai
bookcase boomerang booth borrowed botany bottle boulder bouquet bowl bowstring boxcar boxer boxwood
bracelet braid brake branch bravery breath brevity briar bridging briefcase brigade brilliant brim
brine broadcast bronco brook brushes bubbly bucket buffet buggy bugle builder bulldog bumblebee
bumper bungee bunny bunting bureau burgundy burrow bushel busily butler button buzzer bygone byline
byway cabinet cadence cafe calcium calendar calf calico camel camper canary candid cannery canopy
canteen capacity capsule caption caramel cardigan carefree caribou carnival carol carport carriage
carton carve cascade cashew cask casserole castanet catapult catfish cauldron causeway cautious
cavern cedar celebrate cellar centipede ceramic ceremony chain chalice chamber channel chaplain
charm chatter checkers cheddar cheer chemist cherub chess chilly chimes chipmunk chirp chisel chive
chlorine chocolate choir chorus chowder chrome chunky chute cicada cider cinema circus cistern
citrus civic clan clapboard clarity classic clearing clench clerical climate clipper cloak clockwise
clogs closet clothing cloudy clover clubhouse cluck coaster cobalt cobbler cobra cobweb cocoa
codfish cogwheel colander coleslaw collie comb comedy commuter compact conclude condor confetti
console content convex cooking copyright cordial corgi cork cormorant corner corridor cosmic costume
cottage council couplet courage cousins cowboy cowslip crab crackle craftsman cranberry crayon
crease crescent cribbage crimson crocus croissant croquet crossing crouton crowbar crumb crust cubic
cuckoo cucumber cuddle cuff cuisine culminate cumin cupcake curator curfew curiosity curl currant
cursor curtsy curving custard cutlery cutter cycling cylinder cypress dabble daffodil dahlia daily
dainty damson dancer dandelion dapper dartboard dashing date daybreak daylight daytime dazzle
deadline dealer debut decent decibel deck declare dedicate deep defend definite defrost delegate
delight delta deluxe denim density depot derby designer dessert destiny detach detective detour
dewdrop dexterity dialogue dictation different digit dimension dimmer dimple dinghy diorama diploma
disco dishes dispatch distant ditch ditto dive divot dodge doghouse dogwood dollhouse dome domino
doodle doorman dormouse dossier dough downhill dozen dragnet drain drape drawer dreamer dredge
dribble driftwood driver drizzle droplet drummer dryer drywall duckling dugout duke dulcimer
dumpling duplex durable dusky dustbin duvet dwell dynamo earlobe earmark earnest earphone earring
earshot earthy easel eastern eatery eating ebony eccentric echoes eclipse eddy edging edible editor
educator effect eggcup eggnog eggplant eggshell eiderdown elaborate elapse elastic elect elevate elf
elixir elope elsewhere emblem embroider emerald eminent empathy enclose encore engrave enigma
enjoyable enlarge enormous entice entrance envoy epic epoch equator equinox errand escalator escort
esquire essential estimate estuary etch eternity evaporate evening every evident exam excited
exclaim executive expanse expert explore extract eyeball eyeglass eyelash eyesight fable fabricate
fabulous factory fairness falcon fanfare fantastic faraway farewell farmer fasten fathom faucet fawn
feast feather fedora feeder feline fellow felt fennel fern ferret fertile fewer fiddle fidget
fieldwork fiery fiesta figurine filament filename fillet finale firefly fishing fixture flagpole
flair flamenco flannel flap flask flatter flaxen fleck fledgling fleece flex flicker flinch florist
floss flotilla flourish flow fluent fluff flurry flute flyer focal fogbound foggy folder foliage
folk foolproof football forecast forge forklift formal fortress founder foxglove foxhole foxtrot
fraction fragment framework freckle freeze freight fresco friday frigate frolic frontier frosty
fruitful frying fudge fulcrum fulfil fumble funfair furniture fuse futon gaggle gala gallon gander
gannet gardener garland gasket gateway gauntlet gazebo gearbox gecko gelatin gem gemstone generous
geometry geranium gerbil geyser gifted gigantic gilded gingery girder girth giver glacier gladly
glassware gleam gleeful glen glider glint glossary glucose gnome goal goatee goblet goggles goldfish
golf gondola goodbye gopher gorgeous gosling gourmet graceful grade grammar granary grapevine grasp
gravel greenery greyhound griddle grill grimace grocer groove grotto growth guava guest guild guinea
guitarist gull gumboot gumdrop guppy gurgle gusto guzzle gymnast gyroscope habitat haddock haiku
hailstone hairpin halfway halibut halo hamlet hammock handle hangar happily hardy harlequin harmony
harness harp hastily hatbox hatstand haven hawthorn hay hayloft haystack haze headset hearth heave
hedge heel heirloom helium helper herald herbal herd heritage hermit heroic herring hexagon
hibernate hiccup hickory highway hiking hilltop hindsight hinge hippo hoist holly homage hometown
honest hoof hopeful hopscotch horizon horseback hotplate hourglass house hubcap hummus humorous
hunch hurried hustle hut hyacinth hydrant hyena hyphen icebox icecream icicle icing iconic icy ideal
igloo ignite iguana illusion impart implement impress inbox incline incoming indeed indigo indoors
infinite inflate ingenious ingot inhabit ink inkling inkpot inkstand inkwell inland inlet innings
inquire instant insulate integer intricate invent invoice inward iris irony irrigate isotope jackdaw
jade jam jamboree jangle janitor january jasmine jawbone jellybean jersey jester jet jetty jiffy jig
jigsaw jockey jogger joiner jostle jotter journal jovial joyful joystick jubilee judicial juggle
juicer jukebox july jumbo junction june juniper justice karate kayak keeper kelp kernel kestrel
kettle keyboard keyhole keynote keypad keystone khaki kickoff kiln kilogram kimono kindle kinetic
king kiosk kipper knack knapsack knead knit knoll knotted knowing knuckle koala kumquat labrador
labyrinth lace lacquer lacrosse ladle lagoon lamb lamppost landing lantern lapel larch larder
largely lasagna laser lasso last latex lattice launch laurel lavender lavish lawful lawnmower lead
leaflet league leapfrog lectern ledger leeway legacy leggings legume lemonade lentil leotard lettuce
lever levity lichen lick lifeboat lightning likewise lilac lily limber lime limousine linden linger
lipstick listen litter lively living llama loaded loaf lobby locate locket lodestar lofty log
logbook lollipop longbow loofah lookout lorry lotion lotto lotus lower lozenge lubricant luckily
lullaby lunchbox lupin lynx lyre macaroni mackerel maestro magazine magenta magician magma magnify
magpie mahogany mailbox mainly majestic mammoth manatee mandarin mangrove mankind manor mantle
marathon marina marksman marlin marmalade maroon marquee marsh marvel marzipan mascot mason matchbox
mattress mature mayfly maypole mealtime meander meatball medallion medium medley meeting melodic
mercury mermaid meteor metronome midday midsummer migrate mild milestone milkman millpond mineral
mingle minibus minnow minty mirage mistletoe mitten moat mocha modern module moisture mole monarch
monday money monsoon moonlight moorland moose mortar mosaic moss motel mothball motif motorway
mousetrap mouth movement mudguard muesli mulberry mulch multiple mural murmur muster myrtle nailfile
nameplate narrate native natural nautical naval navigate nearby neatly necktie nectar needle
negotiate neptune nestle neutron newborn newcomer newspaper newton nibble niche nickel niece nifty
nightly nimbly ninja nitrogen nobody nocturnal nod noisy nomad nonstop nook northern nosebag
nostalgia notary notepad noun nourish november nozzle nugget numeral nursery nutmeg nutshell nutty
nylon oar oasis oatcake oatmeal oblique oblong oboe occasion occupy octave octopus odd offbeat
offside oilcloth oilskin ointment okra omnibus onlooker onshore ooze opal opaque opening operate
opponent optic oracle orangeade orator orchid origami oriole ornament osprey otherwise outback
outcome outdoors outfit outgrow outing outline outpost outreach ovation overall owing owlet oxbow
oxen pacify package padding padlock pageant pail paint palette palisade pamphlet pancake pantry
papaya papery paprika papyrus paradox parcel parish parka parsley partake passage pastel patchwork
patent pathway patio patty pavement paving payroll peach peak pearl pebble pecan pedal pedestal
pegboard pellet pendant penguin penknife pension pentagon peony perfume perhaps period perky persist
petrol petunia phantom pharmacy pheasant phoenix physics piccolo picket pictogram piecrust pier
pigment pigtail pilgrim pillar pinafore pincers pinecone pinnacle pipeline piping pirate piston
pitcher pitfall pixel placid plain plank plaque plaster plateau playful plaza pleat plenty pliers
plinth plot plumage plural plush plywood pocketful podium pointed polestar policy polka pollen polo
polygon pompom ponder ponytail popcorn poplar poppy populate porch porridge porter postage posy
potholder poultry pounce powerboat practical prairie prawn precise prelude premium prevail primrose
prince prism probe proceed prodigy profile prologue promise proper protein proverb prowl prudent
prune publish puffin pulley pumice pump punctual puppet pure purify purple pursuit pushchair puzzled
python quack quaint qualify quantity quarry queen query quicklime quiet quill quince quirky quiver
quorum quotient racing racket radial raffle raft railing rainbow raisin ramble rancher raspberry
ration rattle ravine rebate rebound rebuilt receipt recite reckon recover recruit rectangle reddish
redwood reed refer refine reflector reforest refrain refund regal regent rehearse reindeer rejoice
relay relish remark remedy remote renown repaint replica repose reptile reputable request reserve
resin resolve respect restore resume retail retrieve revel revise rewind rhubarb rhyme rigging
ringlet rinse ripe rivet roadmap roam robin rocker rodeo roller rooftop roomy roost rosebush roster
rotor roulette roundup rover row rowboat rubble rudder rugby ruler runaway runner rush russet rustic
rye safari safety saffron sage sailor salary saloon sampler sandal sapling sapphire sardine sash
satchel satellite satin saturday saucer sauna savings sawdust sawhorse sawmill saxophone scaffold
scallop scarce scenic schedule scholar scone scoop scorch scour scrabble scribe scroll scuba sculpt
scuttle seabird seafood seagull seahorse seal seaport seasick seaweed secluded sector secure sedan
sediment seesaw seize semester senate sender sensible sepia september sequence serenade sesame
setback settee sewing shack shade shaggy shampoo sharpen shawl sheaf sheep shelter shepherd shimmer
shingle shipmate shirt shoebox shopfront shortcut shout shovel shower shrine shrub shutter sidewalk
siding sierra signal silence silicon silkworm silt simplify sincere sirloin sizzle skeleton skid
skittle sky skylark slate sledge sleeve sleuth slipway sloth slumber smithy smock smudge snail
snapshot sneaker sneeze snooze snorkel snowball soapsuds society sofa soften soil solitude solstice
somebody sonar songbird soothe soprano sorbet souffle southern souvenir soybean spacious spaniel
spark spearmint species spiderweb spigot spinach spiral splash splendid splice spoke sponge spool
spotless sprawl sprig sprout spruce spry spur squeak squish stair stallion standard staple starfish
statue steadfast steeple stellar stencil sterling steward stile stirrup stitch stockade stonework
stopper stork strange stream stride structure stubble studio stunning sturdy stylish sublime subtle
suburb succeed suede suite summit sunbeam sunday sunflower sunrise superb supper surfboard surname
surplus sushi suspend swan sweater swerve swimsuit swish swivel swordfish sycamore syllable symmetry
symphony syndicate synonym synthetic tabby tablet tactful tadpole tagline tailcoat take talisman
tall tandem tangerine tankard tapestry tarmac tartan tassel teacup teammate teapot teardrop teaspoon
technical telegram tempo tenor tenpin tentacle terminal terrace textile thatch thermal thicken
thimble think thirsty thistle thorough thread thrift throttle thrush thumbnail thursday tiara tickle
tidal tidings tidy tight timepiece tinfoil tinker tinsel tint tiptoe titan toadstool toboggan toffee
tolerant tollgate tomcat tongs tonic toothpick topaz topcoat topsoil torque torrent tortilla toucan
towpath toyshop trace trademark trail tram tranquil trapeze treaty treble treetop trek trellis
triangle tribute tricycle trident trifle trilogy trinket trio tripod triumph trolley trombone troop
tropical trout trowel trudge truffle trumpeter trunk tuba tuesday tuft tugboat tulip tundra turban
turf turnip turquoise turret tutor tuxedo tweed twiddle twig twilight twine twirl twitch twosome
ukulele ultimate ultra umpire undergo unicorn unify unison universal unlike unload unpack unroll
upbeat upkeep upland uplift uppermost upright upstairs uptown upturn upward urchin urgent usable
usher utensil vacation valentine valiant value vanilla vantage variety varnish vase vaulted vegetate
velocity venison ventilate veranda verdict versatile vertical viaduct vicinity victor viewpoint
villa vinegar vinyl violet virtue visible visor vista vitamin volcanic volley volt volunteer vortex
voucher vowel voyager wafer wagtail waiter walkway wallaby walrus waltz wand warble warden warehouse
warmth warning warrant washroom watchful waterway waxwing wayside wealthy weaver webcam website
wednesday weekday welfare wetland whaleboat wheelbase whirl whisk white wholemeal wicker widen wield
wiggle wildlife willow winch windy wingspan wintry wireless wishbone witty wizard wobble wombat
wooden wordplay workshop woven wren wrinkle wristband xylophone yacht yardstick yarn yearly
yesterday yoga yoghurt yoyo zest zigzag zinc zodiac zookeeper zoology zoom
"""
