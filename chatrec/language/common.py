"""Word lists: what carries no meaning for a search, and which English words are too common to be a title by themselves.

Knows: words. The list of common words was put together by hand for this project.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOPWORDS_EN = word_set(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing don't down during each few for from further had has have having he her here hers him his how
    i i'd i'll i'm i've if in into is isn't it its it's just me more most my no nor not now of off on once only or other our
    out over own please same she should so some such than that that's the their them then there these they this those through
    to too under until up us very was we were what when where which while who whom why will with would you your"""
)
STOPWORDS_ZH = frozenset(
    "的了吗呢吧啊呀哦嘛着过地得和与或及而且但我你您他她它们这那个些之一是在有也都就还把被给让对从到很太"
)

# Words that turn up in ordinary sentences. A title made of these alone is heard only beside a cue ("like Heat", "seen Up").
COMMON_EN = STOPWORDS_EN | word_set(
    """able ability absolute absolutely accept across act action actor actress actually add adult adventure advice afraid afternoon
    age ago agree air alien alive allow almost alone along already alright although always amazing american among amount angry
    animal animals animated animation another answer anybody anymore anyone anything anyway anywhere apart apartment apple area
    arm army around arrive art ask asleep attack attention aunt author autumn available average avoid awake award away awesome awful
    baby back bad ball band bank bar base based basic battle beach bear beat beautiful beauty become bed bedroom beer begin
    beginning behind believe best better beyond big bike bill bird birth birthday bit black blind blood bloody blow blue board boat
    body bomb bone book books boot bored boring born boss bottle bottom box boy boyfriend boys brain brave bread break breakfast
    bride bridge bright bring british broken brother brothers brown budget build building burn bus business busy buy cafe call
    came camera camp car card care career case cash cast castle cat catch cause cell center central century certain certainly chair
    chance change character characters cheap cheaper check chess chicken child childhood children chill chinese chocolate choice choose
    christmas church circle circus city class classic classical clean clear clever climb clock close closer cloud club coast coat code
    coffee cold college color come comedies comedy comfort comic coming common company compare complete completely computer concert
    confused control conversation cook cooking cool cop cops copy corner correct cost cosy cozy count country couple course court cousin
    cover cowboy crash crazy create creepy crime cross crowd cry culture cup curious current cut cute dad daddy damage dance dancing
    danger dangerous dark darkness date daughter dawn day days dead deal dear death decade decades decide deep definitely desert design
    desire despite detective devil diary die different difficult dinner direct directed director dirty disney disaster doc
    doctor documentaries documentary dog dogs dollar done door double doubt drama dramas dream dreams dress drink drive driver driving drop
    dry duck due dull dumb dusk dust early earth easily easy eat edge effect eight eighteen eighty either election eleven else empire
    empty end ending enemy engine england english enjoy enjoyed enough entire epic escape especially europe even evening event
    ever every everybody everyone everything everywhere evil exact exactly example excellent except excited exciting expensive
    experience explain eye eyes face fact fairy fall false fame familiar families family famous fan fantastic fantasy far farm fast
    fat father fault favor favorite favourite fear feature feel feeling fellow female festival fiction field fifteen fifty fight
    fighter fill film films final finally find fine finger finish fire first fish fit five fix flat flight floor flower fly follow
    food fool foot football force foreign forest forever forget form former forty forward found four france free freedom french fresh friday
    friend friendly friends friendship front full fun funny further future gain gambling game games gang gangster garden gas gay
    general genre german germany get ghost ghosts giant gift girl girlfriend girls give given glad glass go goal god going gold golden gone
    good goodbye got government grand grandma great green grew grey gross ground group grow grown guess guide guilty gun guns guy
    guys habit hair half hall hand hands handsome hang happen happened happens happiness happy hard hardly hat hate hated
    haunted head health hear heard heart heat heaven heavy heist hell hello help hero heroes hey hi hidden hide high highly hill hire
    historical history hit hold hole holiday home honest honestly honey hope horror horrors horse hospital host hot hotel hour
    hours house however huge human humor humour hundred hunger hunt hunter hurt husband ice idea ideas identity illegal imagine
    important impossible include india inside inspired instead intense interest interested interesting invisible island issue italian
    jacket jail japan japanese jazz job jobs join joke journey joy judge july jump june jungle junior justice keep kept key kid
    kidding kids kill killed killer killing kind kinda kinds king kingdom kiss kitchen knew knife know known korean lady lake
    land language large last lately later laugh law lawyer lead leader learn least leave left leg legend less let letter letters level
    library lie life light lights like liked likely limit line lion list listen literally little live lives living local lock logic london
    lonely long longer look looked looking lord lose lost lot lots loud love loved lovely lover lovers loves low luck lucky machine mad made
    magic main make makes making male man manage many map march mark market marriage married master match matter maybe mean means meet meeting
    member memories memory men mention mess met middle might mile military milk million mind mine minute minutes mirror miss missing mission
    mistake mix moment monday money monkey monster monsters mood moon morning mother mountain mouse mouth move moved movie movies much
    mum murder music musical musicals must myself mysteries mystery name named national natural nature near nearly necessary neck
    need needs neighbor neighbors neither nerve network never new news next nice night nightmare nights nine ninety nobody noir noise
    none normal normally north nose note nothing notice novel number nurse ocean october odd offer office officer often oh oil ok okay
    old older one ones online onto open opening opera opinion option options orange order original others otherwise outside
    overall pack page paid pain paint pair palace panic paper parent parents paris park part particular parts party pass past path pay
    peace pen people perfect perfectly perhaps person pet phone photo pick picks picture piece pilot pink pirate pirates place plan plane planet plans
    plant play played player plays please plenty plot plus point poison police poor pop popular position positive possible pot power
    powerful prefer preferably present president pretty prey price prince princess prison prisoner private probably problem program
    promise proof proper prove public pull pure push put queen quest question quick quickly quiet quit quite race racing radio rain
    random rare rate rated rather rating reach read reader ready real reality realize really reason recent recently recommend
    recommendation recommendations record red related relationship relax release released remember remind rent rest restaurant return revenge
    review reviews rich ride right ring rise risk river road robot robots rock role roll romance romantic room roots rough round royal
    rule rules run running rush russian sad safe said sail saint same sand saturday save saw say scale scared scary scene school sci
    science scientist score scream screen sea search season seat second secret secrets see seeing seem seems seen self sell send sense
    sequel series serious seriously service set seven seventies seventy several sex shadow shadows shall shame shape share sharp ship
    shock shoes shoot shop short shorter shot should show shows shut sick side sign silence silent silly silver similar simple simply since
    sing singer single sister sisters sit situation six sixteen sixty size skin sky sleep slow slowly small smart smile smoke snow
    social society soft soldier soldiers solid somebody somehow someone something sometimes somewhere son song songs soon sorry sort sorts
    soul sound sounds soup south space spanish speak special speed spend spirit spoken sport sports spot spring spy stage stand
    standard star starring stars start started starting state station stay steal step still stop store stories storm story straight
    strange stranger strangers street strong stuck student study stuff stupid style subject subtitles success such suddenly sugar suggest suggestion
    suggestions summer sun sunday sunny sunrise sunset super superhero sure surf surprise surprised sweet swim system table take taken taking
    tale tales talk talking tall tank taste tea teacher team tear tears teen teenage teenager television tell ten terrible test thank
    thanks theater theatre theme thing things think thinking third thirteen thirty thought thoughts thousand three thrill thriller thrillers
    throw thursday ticket tiger tight till time times tiny tired title titles today together told tomorrow tonight took top total touch
    tough tour toward town toy toys track trade traffic trailer train training travel treasure treat tree trees trial trick
    tried trip trouble truck true truly trust truth try trying tuesday turn tv twelve twenty twice twin twins twist twists two type
    ugly uncle understand understood unhappy university unknown unless upon upset urban use used useful usual usually vacation vampire
    vampires version victory video view village violence violent visit visitor voice wait wake walk walking wall wanna want wanted war warm
    warning warrior waste watch watched watching water wave way weather web wedding wednesday week weekend weird welcome well went werewolf
    west western westerns wheel whether white whole whose wide wife wild win wind window wine winner winter wise wish witch within without
    wolf woman women won wonder wonderful wood woods word words work worker working world worry worse worst worth wow wrestling
    write writer writing written wrong yeah year years yellow yes yesterday yet young zero zombie zombies zone"""
)
